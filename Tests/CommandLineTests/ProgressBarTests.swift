import Synchronization
import Testing

@testable import GantryCommandLine

@Suite struct ProgressBarTests {
    private let start = ContinuousClock.now

    private func bar(_ total: Int?, unit: ProgressUnit = .items, _ samples: [(Double, Int)]) -> ProgressBar {
        var bar = ProgressBar(label: "upload", total: total, unit: unit)
        for (seconds, done) in samples { bar.note(done: done, at: start + .seconds(seconds)) }
        return bar
    }

    @Test func pictures() {
        #expect(bar(10, []).line(width: 60) == "upload  [------------------------------]    0 %  0/10")
        #expect(
            bar(10, [(0, 0), (2, 5)]).line(width: 80)
                == "upload  [###############---------------]   50 %  5/10  3/s  2.0 s left")
        #expect(
            bar(4 << 20, unit: .bytes, [(0, 0), (1, 1 << 20)]).line(width: 80)
                == "upload  [#####---------------]   25 %  1.00 MiB/4.00 MiB  1.00 MiB/s  3.0 s left")
        #expect(bar(nil, [(0, 0), (1, 7)]).line(width: 60) == "upload  7  7/s")
        #expect(bar(0, []).line(width: 60) == "upload  [##############################]  100 %  0/0")
        #expect(bar(10, [(0, 12)]).line(width: 60).contains("100 %  12/10"))
    }

    @Test(arguments: 1...120)
    func neverWiderThanAsked(width: Int) {
        let bar = bar(4 << 20, unit: .bytes, [(0, 0), (1, 1 << 20)])
        #expect(DisplayWidth.of(bar.line(width: width)) <= width)
    }

    @Test func theRateFollowsAChangeOfSpeed() {
        var samples = (0...10).map { (Double($0), $0 * 100) }
        samples += (11...20).map { (Double($0), 1000 + ($0 - 10)) }
        #expect(bar(nil, samples).rate == 1)
        #expect(bar(nil, [(0, 5)]).rate == nil)
        #expect(bar(10, [(0, 0), (1, 10)]).remaining == nil)
        #expect(bar(10, [(0, 3), (1, 3)]).remaining == nil)
    }

    @Test func samplesAreBounded() {
        let many = bar(nil, (0..<10_000).map { (Double($0) / 10_000, $0) })
        #expect(many.rate.map { abs($0 - 10_000) < 1 } == true)
    }

    private final class FakeClock: Sendable {
        let now = Mutex(ContinuousClock.now)
        func advance(_ duration: Duration) { now.withLock { $0 += duration } }
    }

    private func context(_ errors: MemoryStream, _ clock: FakeClock) -> CommandContext {
        CommandContext(
            programName: "gantry", output: MemoryStream(), errors: errors, input: MemoryStream(), environment: [:],
            clock: { clock.now.withLock { $0 } })
    }

    @Test func reportersDrawOnTerminalsAndNotTooOften() {
        let (errors, clock) = (MemoryStream(isTerminal: true, columns: 60), FakeClock())
        let reporter = context(errors, clock).progress("upload", total: 4)
        reporter.update(0)
        reporter.update(1)
        clock.advance(.milliseconds(99))
        reporter.update(1)
        clock.advance(.milliseconds(1))
        reporter.update(2)
        // The end is always shown.
        reporter.update(4)
        reporter.finish()
        reporter.finish()
        reporter.update(3)
        let pictures = errors.text.split(separator: "\r\u{1b}[K", omittingEmptySubsequences: false)
        #expect(pictures.count == 5 && pictures[0] == "" && pictures[4] == "")
        #expect(pictures[1].contains("0/4") && pictures[2].contains("2/4") && pictures[3].contains("4/4"))
    }

    @Test func reportersAreSilentElsewhere() {
        let clock = FakeClock()
        for (isTerminal, isQuiet, isJSON) in [(false, false, false), (true, true, false), (true, false, true)] {
            let errors = MemoryStream(isTerminal: isTerminal)
            var context = context(errors, clock)
            context.isQuiet = isQuiet
            context.isJSON = isJSON
            let reporter = context.progress("x", total: nil)
            reporter.update(1)
            reporter.finish()
            #expect(errors.text == "")
        }
    }
}
