/// How many wrong tries are free, and how long the wait grows after them.
package struct ThrottleLimits: Sendable, Hashable {
    /// Failures for one name before there is a wait.
    package var nameFailuresFree = 5
    /// Failures from one address before there is a wait; more people may sit behind one.
    package var addressFailuresFree = 20
    /// The first wait; each failure doubles it.
    package var delayMin = Duration.seconds(1)
    /// The longest wait.
    package var delayMax = Duration.seconds(15 * 60)
    /// After so long without a failure all earlier ones are forgotten; never shorter than `delayMax`.
    package var memory = Duration.seconds(60 * 60)
    /// The most names and addresses remembered; beyond them the ones that would be forgotten first are.
    package var bucketsMax = 65_536

    package init() {}

    /// The wait after so many failures, of which so many are free.
    func delay(after failures: Int, free: Int) -> Duration {
        guard failures > free else { return .zero }
        let doublings = min(failures - free - 1, 30)
        return min(delayMin * (1 << doublings), delayMax)
    }
}
