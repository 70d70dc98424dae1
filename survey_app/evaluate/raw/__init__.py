"""Raw: responses as rows of codes for statisticians, without anything of the person but the answers.

A row is what one person answered: of a unit and a half-day with few rows somebody who was there may know
whose it is. What is published of an export goes by the minimum numbers of every other figure.
"""
