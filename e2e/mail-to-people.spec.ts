import { mailServer } from '#inboxes/builtin/email/testing/mail-server.ts'
import { expect, test } from './testing/docket-test.ts'

test('a person whose address is typed into People gets a mail of what concerns them', async ({
  page,
  docket,
}) => {
  const server = await mailServer({ open: true })
  try {
    await docket.execute({
      type: 'add_member',
      memberId: '019ac000-0000-7000-8100-0000000000b1' as never,
      name: 'Ben',
    })
    await docket.call('inboxes.configure', {
      name: 'email',
      enabled: true,
      settings: { host: '127.0.0.1', port: server.port, security: 'none', from: 'docket@example.net' },
    })
    const state = async () => (await docket.call('inboxes.list', {})).find(({ name }) => name === 'email')
    await expect.poll(async () => (await state())?.stateDetail).toMatch(/^Nobody has an e-mail address/)

    await docket.open('/people-and-labels')
    const address = page.getByRole('textbox', { name: 'E-mail address of Ben' })
    await address.fill('ben@')
    await address.press('Enter')
    await expect(page.getByText(/not an address that mail can be sent to/)).toBeVisible()
    await address.fill('ben@example.org')
    await address.press('Enter')
    await expect(page.getByText('Ben gets mail at ben@example.org')).toBeVisible()
    await expect.poll(async () => (await state())?.state).toBe('running')
    // Whole in a narrow window, too, and so is the name.
    await page.setViewportSize({ width: 430, height: 860 })
    for (const field of [address, page.getByRole('textbox', { name: 'Name of Ben' })])
      await expect.poll(() => field.evaluate((input) => input.scrollWidth - input.clientWidth)).toBe(0)

    await docket.execute({
      type: 'create',
      issueId: '019ac000-0000-7000-8500-0000000000b1' as never,
      title: 'The ferry leaves early',
      description: 'By ten minutes, every Tuesday.',
      assignees: ['019ac000-0000-7000-8100-0000000000b1' as never],
    })
    await expect.poll(() => server.mails.length, { timeout: 20_000 }).toBe(1)
    expect(server.mails[0]?.to).toEqual(['ben@example.org'])
    expect(server.mails[0]?.part('text/plain')).toContain('> By ten minutes, every Tuesday.')
  } finally {
    await server.close()
  }
})
