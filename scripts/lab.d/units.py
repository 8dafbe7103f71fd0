"""What a systemd unit says about starting a program: as much of systemd.service(5) and systemd.exec(5) as our units use."""

import re
import shlex

DIRECTORIES = {
    "RuntimeDirectory": "/run",
    "StateDirectory": "/var/lib",
    "LogsDirectory": "/var/log",
    "ConfigurationDirectory": "/etc",
}


class Unit:
    """The [Service] section of a unit file; a key may stand on several lines."""

    def __init__(self, path: str) -> None:
        self.values: dict[str, list[str]] = {}
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"\\\n\s*", " ", file.read())
        section = ""
        for line in map(str.strip, text.splitlines()):
            if line.startswith("["):
                section = line
            elif section == "[Service]" and "=" in line and line[0] not in "#;":
                key, _, value = line.partition("=")
                self.values.setdefault(key.strip(), []).append(value.strip())

    def all(self, key: str) -> list[str]:
        return self.values.get(key, [])

    def environment(self) -> dict[str, str]:
        result = dict(each.partition("=")[::2] for line in self.all("Environment") for each in shlex.split(line))
        for line in self.all("EnvironmentFile"):
            try:
                result |= environment_file(line.removeprefix("-"))
            except FileNotFoundError:
                if not line.startswith("-"):
                    raise
        return result

    def commands(self, key: str) -> list[list[str]]:
        environment = self.environment()
        return [expand(line.lstrip("-@:+!"), environment) for line in self.all(key) if line]

    def identity(self) -> list[str]:
        """The command that runs another one as who the unit says, with the capabilities that it says."""
        user, group = ("".join(self.all(key)[-1:]) for key in ("User", "Group"))
        bounding, ambient = (
            ",".join(["-all", *(f"+{name.removeprefix('CAP_').lower()}" for line in self.all(key) for name in line.split())])
            for key in ("CapabilityBoundingSet", "AmbientCapabilities")
        )
        words = [f"--inh-caps={ambient}", f"--ambient-caps={ambient}"]
        if user:
            words += [f"--reuid={user}", f"--regid={group or user}", "--init-groups"]
        elif self.all("SupplementaryGroups"):
            words.append(f"--groups={','.join(self.all('SupplementaryGroups'))}")
        if self.all("CapabilityBoundingSet"):
            words.append(f"--bounding-set={bounding}")
        if self.all("NoNewPrivileges")[-1:] == ["yes"]:
            words.append("--no-new-privs")
        return ["setpriv", *words]

    def directories(self) -> list[tuple[str, int]]:
        """Every directory that systemd would make before the start, with its mode."""
        return [
            (f"{root}/{name}", int((self.all(f"{key}Mode") or ["0755"])[-1], 8))
            for key, root in DIRECTORIES.items()
            for line in self.all(key)
            for name in line.split()
        ]


def environment_file(path: str) -> dict[str, str]:
    """Lines NAME=VALUE, VALUE perhaps in quotes; comments begin with # or ;."""
    result = {}
    with open(path, encoding="utf-8") as file:
        for line in map(str.strip, file):
            if line and line[0] not in "#;" and "=" in line:
                name, _, value = line.partition("=")
                result[name.strip()] = "".join(shlex.split(value)) if value[:1] in "\"'" else value.strip()
    return result


def expand(line: str, environment: dict[str, str]) -> list[str]:
    """`${NAME}` inside a word is the value as it is; `$NAME` as a word of its own is split into zero or more words."""
    words = []
    for word in shlex.split(line):
        alone = re.fullmatch(r"\$([A-Za-z_][A-Za-z0-9_]*)", word)
        if alone:
            words += shlex.split(environment.get(alone[1], ""))
        else:
            text = re.sub(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}", lambda name: environment.get(name[1], ""), word)
            words.append(text.replace("$$", "$").replace("%%", "%"))
    return words
