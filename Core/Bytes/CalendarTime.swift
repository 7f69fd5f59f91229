/// A moment of the proleptic Gregorian calendar in UTC, as the text forms of ``UnixTime`` need it.
struct CalendarTime: Equatable {
    var year: Int
    var month: Int
    var day: Int
    var hour = 0
    var minute = 0
    var second = 0
    var millisecond = 0

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(_ time: UnixTime) {
        let seconds = time.seconds
        let dayNumber = Self.floorDivide(seconds, 86400)
        let rest = Int(seconds - dayNumber * 86400)
        self = Self.date(ofDay: Int(dayNumber))
        hour = rest / 3600
        minute = rest / 60 % 60
        second = rest % 60
        millisecond = Int(time.milliseconds - seconds * 1000)
    }

    /// Nothing when a field is out of its range, such as 30 February.
    var unixTime: UnixTime? {
        guard (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day) else { return nil }
        guard (0..<24).contains(hour), (0..<60).contains(minute), (0..<60).contains(second) else { return nil }
        let seconds = Int64(dayNumber) * 86400 + Int64(hour * 3600 + minute * 60 + second)
        return UnixTime(milliseconds: seconds * 1000 + Int64(millisecond))
    }

    /// 0 is Sunday.
    var weekday: Int {
        let shifted = (dayNumber + 4) % 7
        return shifted < 0 ? shifted + 7 : shifted
    }

    /// Days since 1970-01-01.
    private var dayNumber: Int {
        // Years that begin in March put the leap day last, where it disturbs no month; one era more keeps the divisions
        // positive for the months before March of the year 0.
        let shiftedYear = (month > 2 ? year : year - 1) + 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let leapDays = shiftedYear / 4 - shiftedYear / 100 + shiftedYear / 400
        let days = shiftedYear * 365 + leapDays + (monthFromMarch * 306 + 5) / 10 + day - 1
        return days - Self.daysPerEra - Self.daysBeforeEpoch
    }

    private static func date(ofDay number: Int) -> CalendarTime {
        let days = number + daysBeforeEpoch
        let era = Int(floorDivide(Int64(days), Int64(daysPerEra)))
        let dayOfEra = days - era * daysPerEra
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / (daysPerEra - 1)) / 365
        let dayOfYear = dayOfEra - (yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (dayOfYear * 5 + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
        return CalendarTime(year: year, month: month, day: dayOfYear - (monthFromMarch * 153 + 2) / 5 + 1)
    }

    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400)) ? 29 : 28
        default: 31
        }
    }

    /// Days from 0000-03-01 to 1970-01-01.
    private static let daysBeforeEpoch = 719_468
    /// Days in the 400 years after which the calendar repeats.
    private static let daysPerEra = 146_097

    private static func floorDivide(_ number: Int64, _ divisor: Int64) -> Int64 {
        let quotient = number / divisor
        return number % divisor < 0 ? quotient - 1 : quotient
    }
}
