import { fieldNamed } from '#core/issue/fields/fields.ts'
import { fieldsWithUnits, unitOf, unitsOf } from '#core/issue/fields/units.ts'
import { execute } from '../input/command-input.ts'
import { type Shared, withWorkspace } from '../input/open-here.ts'
import { print, printJson, quoted, safeLine, UsageError } from '../output/output.ts'

/** `docket workspace show`: what it is called and what it counts in. */
export async function showWorkspace(options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    const { name, keyPrefix, units } = workspace.name()
    const counted = Object.fromEntries(
      fieldsWithUnits.map((field) => [field.name, unitOf(field, units)?.name ?? '']),
    )
    if (options.json) return printJson({ name, keyPrefix, units: counted })
    print(`${safeLine(name)}, keys ${safeLine(keyPrefix)}-1 …`)
    for (const [field, unit] of Object.entries(counted)) print(`${field} in ${unit}`)
  })
}

/** `docket workspace rename`: calls it otherwise, for everybody. */
export async function renameWorkspace(name: string, options: Shared): Promise<void> {
  await withWorkspace(options, (workspace) => {
    execute(workspace, { type: 'rename_workspace', name })
    if (options.json) printJson({ name })
    else print(`The workspace is called ${safeLine(name)}.`)
  })
}

/** `docket workspace unit`: says what a field of issues is counted in. */
export async function chooseUnit(name: string, unit: string, options: Shared): Promise<void> {
  const field = fieldNamed(name.toLowerCase())
  const units = field ? unitsOf(field).map((candidate) => candidate.name) : []
  if (!field || units.length === 0)
    throw new UsageError(
      `${quoted(name)} has no unit. ${fieldsWithUnits.length === 0 ? 'No field has one.' : `These have one: ${fieldsWithUnits.map((each) => each.name).join(', ')}.`}`,
    )
  if (!units.includes(unit.toLowerCase()))
    throw new UsageError(`${field.title} is counted in ${units.join(' or ')}, not in ${quoted(unit)}.`)
  await withWorkspace(options, (workspace) => {
    execute(workspace, { type: 'choose_unit', field: field.name, unit: unit.toLowerCase() })
    if (options.json) printJson({ field: field.name, unit: unit.toLowerCase() })
    else print(`${field.title} is counted in ${unit.toLowerCase()}.`)
  })
}
