"""Small real programs that stand in for java, mvn and docker on a PATH of the test's own."""

from pathlib import Path


def program(path: Path, script: str) -> Path:
    """An executable shell script at `path`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


def jdk_home(home: Path, version: str, modules: str = "java.base jdk.jlink", script: str = "exit 0") -> Path:
    """A folder that looks like a Java of this version with these modules."""
    program(home / "bin" / "java", script)
    (home / "release").write_text(f'JAVA_VERSION="{version}"\nMODULES="{modules}"\n')
    return home
