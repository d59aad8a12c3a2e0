// Stands for a machine whose clock is wrong: Date shows CLOCK_OFF milliseconds too much. For `node --require`.
const off = Number(process.env.CLOCK_OFF || 0)
const RealDate = Date
const now = RealDate.now.bind(RealDate)
class ShiftedDate extends RealDate {
  constructor(...parts) {
    if (parts.length > 0) super(...parts)
    else super(now() + off)
  }
  static now() {
    return now() + off
  }
}
globalThis.Date = ShiftedDate
