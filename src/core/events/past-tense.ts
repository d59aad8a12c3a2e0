/** Past tenses that do not end in -ed, and those that read like the present. */
const irregular = new Set(
  `arisen awoken beaten become begun bent bet bid bitten blown bought bound bred broadcast broken brought built burnt burst cast caught chosen
  come cost crept cut dealt done drawn driven drunk dug eaten fallen fed felt fled flown forbidden forecast forgiven forgotten fought
  found frozen given gone got gotten ground grown heard held hidden hit hung hurt input kept knelt known laid leapt learnt led left lent let lit
  lost made meant met mistaken offset output overcome overheard overridden overrun overtaken paid proven put quit read redone reset rebuilt resent
  rerun rewritten ridden risen run rung said sat sawn seen sent set sewn shaken shed shone shot shown shrunk shut slept slid slit sold sought spent
  spilt split spoken spread sprung spun stolen stood struck stuck stung sung sunk swept sworn swum swung taken taught thought thrown told torn
  undergone understood undone unpaid unsent unset upheld upset withdrawn withheld woken won worn wound woven written`.split(
    /\s+/,
  ),
)

/** Words that end in -ed and tell of nothing that happened. */
const present = new Set(
  `bed bleed breed creed deed embed exceed feed greed heed hundred indeed need newsfeed proceed reed reseed sacred seed speed succeed steed weed`.split(
    /\s+/,
  ),
)

const before = /^(re|un|over|under|out|mis|pre|co|de)(?=[a-z]{3})/

/** Whether a name can name something that happened: snake_case, and its last word in the past tense. */
export function isPastTense(name: string): boolean {
  if (!/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/.test(name) || name.length > 60) return false
  const last = name.split('_').at(-1) as string
  if (irregular.has(last) || irregular.has(last.replace(before, ''))) return true
  return /[a-z]ed$/.test(last) && last.length > 3 && !present.has(last)
}
