"""Alternating rounds: ours and the peer's turn about, so that a noisy machine hits both; the median speaks."""
import statistics


class Row:
    def __init__(self, name, unit, bar=None, higher_is_better=True, notes=""):
        self.name, self.unit, self.bar, self.notes = name, unit, bar, notes
        self.higher_is_better = higher_is_better
        self.ours, self.peer = [], []
        self.peer_name = ""

    def measure(self, rounds, ours, peer_name, peer):
        self.peer_name = peer_name
        for index in range(rounds):
            turn = [(self.ours, ours), (self.peer, peer)]
            for values, run in turn if index % 2 == 0 else reversed(turn):
                values.append(run())
        return self

    @property
    def ours_median(self):
        return statistics.median(self.ours)

    @property
    def peer_median(self):
        return statistics.median(self.peer) if self.peer else None

    @property
    def ratio(self):
        return self.ours_median / self.peer_median if self.peer else None

    def verdict(self):
        if self.bar is None:
            return "-"
        value = self.ratio if self.peer else self.ours_median
        met = value >= self.bar if self.higher_is_better else value <= self.bar
        return "met" if met else "missed"

    def cells(self):
        def figure(value):
            if value is None:
                return "-"
            return f"{value:,.0f}" if value >= 100 else f"{value:,.2f}"

        sign = "≥" if self.higher_is_better else "≤"
        spread = f"{figure(min(self.ours))}–{figure(max(self.ours))}"
        bar = "-" if self.bar is None else f"{sign} {self.bar:g}" + (" ×" if self.peer else f" {self.unit}")
        peer = f"{figure(self.peer_median)} ({self.peer_name})" if self.peer else "-"
        ratio = f"{self.ratio:.2f}" if self.peer else "-"
        return [self.name, self.unit, figure(self.ours_median), spread, peer, ratio, bar, self.verdict(), self.notes]


HEADINGS = ["what", "unit", "Gantry (median)", "range", "peer (median)", "ratio", "bar", "verdict", "notes"]


def table(rows):
    lines = [HEADINGS, ["---"] * len(HEADINGS)] + [row.cells() for row in rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
