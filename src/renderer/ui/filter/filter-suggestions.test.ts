import { expect, test } from 'vitest'
import { defaultWorkflow } from '#core/workflow/workflow.ts'
import type { ShownWorkspace } from '../../lib/workspace.tsx'
import { suggestionsFor } from './filter-suggestions.ts'

const workspace = {
  workflow: defaultWorkflow,
  members: [{ id: 'm', name: 'Ada Lovelace', handle: 'ada', colour: '#5e6ad2', assignedOpen: 0 }],
  projects: [{ id: 'p', name: 'Web site', open: 2 }],
  labels: [{ id: 'l', name: 'needs work', colour: '#5e6ad2', open: 3 }],
} as unknown as ShownWorkspace
const texts = (text: string) => suggestionsFor(text, text.length, workspace).map((each) => each.text)

test('a beginning is completed to the fields that begin so', () => {
  expect(texts('is:open la')).toEqual(['label:'])
})

test('people are found by name and written by handle', () => {
  expect(texts('assignee:lovel')).toEqual(['assignee:ada'])
})

test('a name with blanks is quoted, and the rest of the filter stays', () => {
  expect(suggestionsFor('label:nee crash', 9, workspace)[0]?.completed).toBe('label:"needs work" crash')
})

test('a project is completed by its name, and so is being in none', () => {
  expect(texts('proj')).toEqual(['project:'])
  expect(texts('project:')).toEqual(['project:"Web site"', 'project:none'])
})

test('what is excluded is completed as excluded', () => {
  expect(texts('-label:nee')).toEqual(['-label:"needs work"'])
})

test('a term that says something already gets no suggestion', () => {
  expect(texts('is:open')).toEqual([])
})
