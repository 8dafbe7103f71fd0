"""hatop on a terminal: what it draws of a stats socket, and what its keys do.

usage: hatop_screens.py SOCKET
Prints each screen; what differs from one moment to the next is not shown.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

import pyte

COLUMNS, LINES = 110, 40
PATIENCE = 30


class Terminal:
    def __init__(self, arguments):
        self.screen = pyte.Screen(COLUMNS, LINES)
        self.stream = pyte.ByteStream(self.screen)
        self.pid, self.descriptor = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "linux"
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
            os.execvp(arguments[0], arguments)

    @property
    def lines(self):
        return [line.rstrip() for line in self.screen.display]

    def press(self, keys):
        os.write(self.descriptor, keys.encode())

    def wait(self, what, condition):
        """Until what is drawn is as it should be."""
        end = time.monotonic() + PATIENCE
        while not condition(self.lines):
            if time.monotonic() > end:
                self.end()
                sys.exit(f"hatop does not show {what}:\n" + "\n".join(self.lines))
            if select.select([self.descriptor], [], [], 0.2)[0]:
                try:
                    drawn = os.read(self.descriptor, 65536)
                except OSError:
                    drawn = b""
                if not drawn:
                    self.end()
                    sys.exit(f"hatop has ended before it showed {what}:\n" + "\n".join(self.lines))
                self.stream.feed(drawn)

    def marked(self):
        """The number of the line with the cursor: the only one in reverse below the head; 0 while there is none."""
        for number in range(12, LINES - 1):
            if any(self.screen.buffer[number][column].reverse for column in range(8)):
                return number
        return 0

    def end(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)


def shown(lines):
    """Without the clock, the version, process ids, tasks and seconds."""
    rest = [re.sub(r"Tasks: +\d+|uptime [^)]*", "N", line) for line in lines[4:]]
    return "\n".join(re.sub(r" *\b\d+[smhd](?=\s|$)", " T", line) for line in rest)


# How the lines of a screen end: one that is drawn in part still has some of another.
SCREENS = [
    ("1", "SCUR", r"( +\d+){8}$"), ("2", "LBTOT", r" \S+B +\S+B$"), ("3", "RTOT", r"( +\d+){9}$"),
    ("4", "ECONN", r" \d+[smhd]$"),
]


def is_drawn(lines, column, end):
    rows = [line for line in lines[13:-2] if line and not line.startswith(">>>")]
    return column in lines[11] and row(lines, "s3") and all(re.search(end, line) for line in rows)


def row(lines, name):
    """The columns of a server, wherever its proxy is."""
    return next((line.split() for line in lines if line.split()[:1] == [name]), [])


terminal = Terminal(["hatop", "-s", sys.argv[1], "-i", "1"])
head = re.compile(r"HAProxy Version: 2\.6\.12\S* .* ?PID: \d+ \(proc 1\)")
terminal.wait("its head", lambda lines: any(head.search(line) for line in lines))
for key, column, end in SCREENS:
    terminal.press(key)
    terminal.wait(column, lambda lines: is_drawn(lines, column, end) and "UP/DOWN=SCROLL" in lines[-1])
    print(f"== {column}\n{shown(terminal.lines)}")

# To a server, and its keys.
terminal.press("1")
terminal.wait("the first screen again", lambda lines: is_drawn(lines, *SCREENS[0][1:]))
steps = 0
while not terminal.lines[terminal.marked()].startswith("s1 "):
    before = terminal.marked()
    terminal.press("\x1b[B")
    terminal.wait("another line", lambda lines: terminal.marked() not in (0, before))
    steps += 1
print(f"== the server s1 is {steps} down")
for name, key, condition in [
    ("disabled", "\x1b[21~", lambda columns: columns[2:3] == ["MAINT"]),
    ("enabled", "\x1b[20~", lambda columns: columns[2:3] == ["-"]),
    ("weight + 10", "\x1b[19~", lambda columns: columns[1:2] == ["20"]),
    ("weight - 1", "\x1b[17~", lambda columns: columns[1:2] == ["19"]),
    ("weight as configured", "\x1b[[D", lambda columns: columns[1:2] == ["10"]),
]:
    terminal.press(key)
    terminal.wait(name, lambda lines: condition(row(lines, "s1")))
    print(f"== {name}: {row(terminal.lines, 's1')[:3]}")

# Its command line.
terminal.press("5")
terminal.wait("its command line", lambda lines: any("interactive HAProxy shell" in line for line in lines))
for command, answer in [
    ("show cli level", "admin"), ("get weight b/s1", "10 (initial 10)"), ("set weight b/s1 7", ""),
    ("get weight b/s1", "7 (initial 10)"), ("set weight b/nobody 7", "No such server."), ("show backend", "c"),
    ("clear counters all", ""), ("help show version", "  show version"),
]:
    terminal.press(command + "\r")
    terminal.wait(f"{command} and {answer}", lambda lines: any(
        lines[number].strip() == f"> {command}" and any(line.startswith(answer) for line in lines[number + 1:])
        for number in range(len(lines))
    ))
    print(f"== {command}: {answer}")
terminal.end()
