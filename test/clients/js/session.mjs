// A session of the official JavaScript client: connect, write lines in bulk,
// write one document twice, read back and scroll through all of it. The report
// is JSON on the standard output.
//
//   node session.mjs 8|9 ADDRESS INDEX FILE WORD
import { readFileSync } from 'node:fs'

const [version, node, index, file, word] = process.argv.slice(2)
const { Client } = await import(`@elastic/elasticsearch${version}`)
const client = new Client({ node, compression: true })

const lines = readFileSync(file, 'utf8').split('\n').filter((line) => line !== '')
const report = { Version: (await client.info()).version.number }
const bulk = await client.helpers.bulk({
  datasource: lines.map((message) => ({ message, agent: { type: 'js' } })),
  onDocument: () => ({ create: { _index: index } }),
  flushBytes: 200_000,
  concurrency: 2,
})
report.Created = bulk.successful
report.Failed = bulk.failed

const create = async () => {
  try {
    const answer = await client.create({ index, id: 'the-same', document: { message: 'one document', n: { m: [1, 2] } } }, { meta: true })
    return answer.statusCode
  } catch (error) {
    return error.statusCode ?? String(error)
  }
}
report.First = await create()
report.Again = await create()

await client.indices.refresh({ index })
report.Count = (await client.count({ index, query: { match_all: {} } })).count
const found = await client.search({ index, size: 1, query: { query_string: { query: word } }, sort: [{ '@timestamp': 'desc' }] })
report.Found = found.hits.total.value
report.Source = (await client.get({ index, id: 'the-same' }))._source
report.Scrolled = 0
for await (const page of client.helpers.scrollSearch({ index, size: 300, query: { match_all: {} } })) {
  report.Scrolled += page.documents.length
}
await client.close()
console.log(JSON.stringify(report))
