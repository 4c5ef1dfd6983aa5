"""Finds a Java that can run Elasticsearch: a full JDK, 21 or newer."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from es.embedded.account import Account
from es.errors import EngineSetupError

OLDEST = 21
# The newest version that this Elasticsearch was built to know; a newer one is taken if it is the only one.
NEWEST_KNOWN = 25
# Elasticsearch's server module asks for this one; run-time-only Javas (JREs) leave it out.
NEEDED_MODULE = "jdk.jlink"

# Patterns below a root folder ("/" or the home folder): where systems and version managers keep their JDKs.
SYSTEM_PLACES = (
    "usr/lib/jvm/*",  # Debian, Fedora, Arch
    "usr/java/*",
    "usr/local/java/*",
    "opt/java/*",
    "opt/jdk*",
    "opt/*jdk*",
    "Library/Java/JavaVirtualMachines/*/Contents/Home",
    "opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "usr/local/opt/openjdk*/libexec/openjdk.jdk/Contents/Home",
    "home/linuxbrew/.linuxbrew/opt/openjdk*/libexec",
    "nix/var/nix/profiles/default/lib/openjdk",
)
HOME_PLACES = (
    ".sdkman/candidates/java/*",
    ".jdks/*",
    ".asdf/installs/java/*",
    ".local/share/mise/installs/java/*",
    ".jabba/jdk/*",
    "Library/Java/JavaVirtualMachines/*/Contents/Home",
)


Roots = Sequence[tuple[Path, tuple[str, ...]]]


class JavaMissing(EngineSetupError):
    """No JDK on this machine can run the server."""


@dataclass(frozen=True, slots=True)
class Jdk:
    """A Java installation: its folder and its major version."""

    home: Path
    major: int

    @property
    def java(self) -> Path:
        return self.home / "bin" / "java"


def find_jdk(java_home: Path | None, account: Account, roots: Roots | None = None) -> Jdk:
    """The JDK to run the server with: `java_home` if it will do, else the best of those installed.

    `roots` are the folders to look below, each with its patterns (default: this machine's).

    JavaMissing, saying what was found instead, if there is none.
    """
    unfit: list[str] = []
    good: list[Jdk] = []
    for home in installed(java_home, roots):
        jdk = read_jdk(home)
        if jdk is None:
            continue
        if jdk.major < OLDEST:
            unfit.append(f"{home} is Java {jdk.major}")
        elif not account.can_reach(jdk.java):
            unfit.append(f"{home} is closed to user {account.uid}, who runs the server for root")
        elif has_module(jdk, NEEDED_MODULE):
            if java_home is not None and home == java_home.resolve():
                return jdk
            good.append(jdk)
        else:
            unfit.append(f"{home} lacks the module {NEEDED_MODULE}")
    if good:
        return min(good, key=_rank)
    seen = f" (found: {'; '.join(unfit[:4])})" if unfit else ""
    raise JavaMissing(
        f"Elasticsearch needs a full JDK, {OLDEST} or newer{seen}; install one (Debian: temurin-25-jdk or "
        "openjdk-21-jdk, macOS: brew install openjdk@21) or point JAVA_HOME at it, or start a Docker "
        "engine, or set SHOPSCOUT_ES_URL to a server of your own."
    )


def _rank(jdk: Jdk) -> tuple[bool, int]:
    beyond = jdk.major > NEWEST_KNOWN
    return (beyond, jdk.major if beyond else -jdk.major)


def installed(java_home: Path | None = None, roots: Roots | None = None) -> Iterator[Path]:
    """Folders that may hold a JDK, each once: `java_home`, that of `java` on PATH, the usual places."""
    if roots is None:
        roots = ((Path("/"), SYSTEM_PLACES), (Path.home(), HOME_PLACES))
    seen: set[Path] = set()
    for home in _places(java_home, roots):
        real = home.resolve()
        if real not in seen and (real / "bin" / "java").is_file():
            seen.add(real)
            yield real


def _places(java_home: Path | None, roots: Roots) -> Iterator[Path]:
    if java_home is not None:
        yield java_home
    on_path = shutil.which("java")
    if on_path:
        yield Path(on_path).resolve().parent.parent
    for root, patterns in roots:
        for pattern in patterns:
            yield from sorted(root.glob(pattern))


def read_jdk(home: Path) -> Jdk | None:
    """The JDK in `home`, from its `release` file or, without one, by asking it; None if it is not one."""
    try:
        text = (home / "release").read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = _ask(home, "-XshowSettings:properties", "-version")
    found = re.search(r'(?:JAVA_VERSION="|java\.version = )(\d+)(?:\.(\d+))?', text)
    if found is None:
        return None
    # Up to 8 the version was written 1.8.0_402.
    major = int(found[2]) if found[1] == "1" and found[2] else int(found[1])
    return Jdk(home, major)


def has_module(jdk: Jdk, module: str) -> bool:
    """Whether the JDK carries the module (its `release` file lists them; otherwise it is asked)."""
    try:
        listed = re.search(r'^MODULES="([^"]*)"', (jdk.home / "release").read_text(encoding="utf-8"), re.MULTILINE)
    except (OSError, UnicodeDecodeError):
        listed = None
    if listed is not None:
        return module in listed[1].split()
    return re.search(rf"^{re.escape(module)}(@|$)", _ask(jdk.home, "--list-modules"), re.MULTILINE) is not None


def _ask(home: Path, *arguments: str) -> str:
    command = [str(home / "bin" / "java"), *arguments]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return answer.stdout + answer.stderr
