package main

import (
	"bufio"
	"bytes"
	"errors"
	"io"
)

// linesOfIDs counts the lines with a queue id that also stands in a line with a
// recipient, for each of several recipients. It reads the log twice.
func linesOfIDs(log *logFile, recipients ...string) ([]int64, error) {
	ids, err := readParts(log, func() map[string][]int { return map[string][]int{} },
		func(ids map[string][]int, r io.Reader) error {
			return eachLine(r, func(line []byte) {
				for i, name := range recipients {
					if !bytes.Contains(line, []byte("<"+name+">")) {
						continue
					}
					to, ok := between(line, " to=<", ">")
					if !ok {
						to, ok = between(line, " -> <", ">")
					}
					if id := queueIDOf(line); ok && string(to) == name && id != nil {
						ids[string(id)] = append(ids[string(id)], i)
					}
				}
			})
		},
		func(all, part map[string][]int) {
			for id, of := range part {
				all[id] = append(all[id], of...)
			}
		})
	if err != nil {
		return nil, err
	}
	return readParts(log, func() []int64 { return make([]int64, len(recipients)) },
		func(counts []int64, r io.Reader) error {
			return eachLine(r, func(line []byte) {
				of := ids[string(queueIDOf(line))]
				for i := range counts {
					for _, k := range of {
						if k == i {
							counts[i]++
							break
						}
					}
				}
			})
		},
		func(all, part []int64) {
			for i, n := range part {
				all[i] += n
			}
		})
}

// eachLine visits the lines of a text.
func eachLine(r io.Reader, visit func([]byte)) error {
	lines := bufio.NewReaderSize(r, 1<<20)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		visit(line)
	}
}

// queueIDOf is the queue id that a line is about, of Postfix and its filters:
// "program[12]: 8C98A15A02A: …" or "…, Queue-ID: 8C98A15A02A, …"; nil for none.
func queueIDOf(line []byte) []byte {
	if id, ok := between(line, ", Queue-ID: ", ","); ok {
		return id
	}
	id, ok := between(line, "]: ", ":")
	if !ok || len(id) < 6 {
		return nil
	}
	for _, c := range id {
		if (c < '0' || c > '9') && (c < 'A' || c > 'F') {
			return nil
		}
	}
	return id
}
