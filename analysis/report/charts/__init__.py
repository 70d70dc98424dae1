"""Charts: plain arrays as figures, and as words for those who do not see them."""

from analysis.report.charts.answers import answers_plot, answers_text
from analysis.report.charts.change import change_plot, change_text
from analysis.report.charts.columns import ChartError
from analysis.report.charts.funnel import funnel_plot, funnel_text
from analysis.report.charts.intervals import BOUNDS, interval_plot, interval_text
from analysis.report.charts.laney import laney_plot, laney_text
from analysis.report.charts.marks import PAGE, svg
from analysis.report.charts.trend import trend_plot, trend_text

__all__ = [
    "BOUNDS",
    "PAGE",
    "ChartError",
    "answers_plot",
    "answers_text",
    "change_plot",
    "change_text",
    "funnel_plot",
    "funnel_text",
    "interval_plot",
    "interval_text",
    "laney_plot",
    "laney_text",
    "svg",
    "trend_plot",
    "trend_text",
]
