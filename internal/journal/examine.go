package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"rastro/internal/disk"
)

// Fault is something that Examine found.
type Fault struct {
	// Path is the file within the journal's folder, with slashes; "" is the
	// folder itself.
	Path string
	// Problem says what is wrong, Advice what the next start does about it, or
	// what a person should do.
	Problem, Advice string
	// Events were acknowledged and are lost; 0 where none are or nobody knows.
	Events int64
	// Harmless: the next start puts it right and no event is lost.
	Harmless bool
}

// Examination is what Examine read.
type Examination struct {
	Files   int
	Bytes   int64
	Records int64
	// Events are those that the store does not hold durably.
	Events int64
	// First is the number of the first event that the files reach back to, Next
	// one more than the last one; both 0 where there is no file.
	First, Next uint64
}

// examiner is the work of one Examine.
type examiner struct {
	fs      disk.FS
	dir     string
	atLeast uint64
	beside  bool
	report  func(Fault)
	out     Examination
	survey  survey
}

// Examine reads every record of the journal in dir and reports what is wrong.
// atLeast is one more than the last event that the store holds durably: what
// is missing below it is not missed. beside says that a process may be writing
// to the journal. Nothing is changed; a folder that does not exist has no
// files. The error is that of the context.
func Examine(ctx context.Context, fs disk.FS, dir string, atLeast uint64, beside bool, report func(Fault)) (Examination, error) {
	x := &examiner{fs: fs, dir: dir, atLeast: atLeast, beside: beside, report: report, survey: survey{positions: map[string][]byte{}}}
	names, found := x.list()
	if !found {
		return x.out, nil
	}
	voids := voidFrom(names)
	for i, name := range names {
		if ctx.Err() != nil {
			return x.out, context.Cause(ctx)
		}
		x.file(name, voids[i], i == len(names)-1)
	}
	x.out.Next = x.survey.next
	x.ends(len(names))
	return x.out, nil
}

// list names the journal's files and reports all others; found is false where
// there is no folder.
func (x *examiner) list() (names []string, found bool) {
	entries, err := x.fs.ReadDir(x.dir)
	if errors.Is(err, os.ErrNotExist) {
		x.report(Fault{Problem: "there is no journal: how far the sources were read is not known", Harmless: true,
			Advice: "that is right for a folder that was just restored; otherwise sources are read from their beginning"})
		return nil, false
	}
	if err != nil {
		x.report(Fault{Problem: "the folder cannot be read: " + err.Error(), Advice: "see to its owner and permissions, or to the disk"})
		return nil, false
	}
	for _, e := range entries {
		_, _, ours := parseName(e.Name())
		switch {
		case ours:
			names = append(names, e.Name())
		case e.Name() == salvageName:
			x.report(Fault{Path: e.Name(), Problem: "an unfinished repair of a journal", Advice: "the next start removes it and begins again", Harmless: true})
		case e.Name() == damagedDir:
			x.damaged()
		default:
			x.report(Fault{Path: e.Name(), Problem: "not a file of the journal", Advice: "nothing reads or removes it; move it away if it is not yours"})
		}
	}
	return names, true
}

// damaged reports the copies that earlier starts kept.
func (x *examiner) damaged() {
	entries, err := x.fs.ReadDir(filepath.Join(x.dir, damagedDir))
	if err != nil {
		x.report(Fault{Path: damagedDir, Problem: "the folder cannot be read: " + err.Error(), Advice: "see to its owner and permissions, or to the disk"})
		return
	}
	for _, e := range entries {
		x.report(Fault{Path: path.Join(damagedDir, e.Name()), Problem: "an earlier start found this journal file damaged and kept a copy",
			Advice: "import the lost lines again from the logs, then remove the copy"})
	}
}

// file reads one file, of which the records from void on do not count.
func (x *examiner) file(name string, void uint64, newest bool) {
	s := &x.survey
	_, first, _ := parseName(name)
	before, gaps, records := s.next, len(s.gaps), int64(0)
	if first < void {
		s.reach(first)
	}
	var broken error
	sc, err := scanFile(x.fs, filepath.Join(x.dir, name), func(r record) error {
		records++
		if broken == nil && r.kind == kindEvents {
			_, broken = decode(string(r.payload), r.first, r.count)
		}
		s.add(r, void)
		return nil
	})
	if errors.Is(err, os.ErrNotExist) && x.beside {
		s.next, s.gaps = before, s.gaps[:gaps]
		return // the server needs it no more
	}
	x.out.Files++
	if err != nil {
		x.report(Fault{Path: name, Problem: "the file cannot be read: " + err.Error(), Advice: "see to its permissions, or to the disk"})
		return
	}
	x.out.Bytes += sc.size
	x.out.Records += records
	if x.out.First == 0 {
		x.out.First = first
	}
	if records == 0 {
		s.next, s.gaps = before, s.gaps[:gaps]
		x.empty(name, sc.size, newest)
		return
	}
	x.judge(name, sc, newest, lostIn(s.gaps[gaps:], x.atLeast), broken)
}

// empty reports a file without one good record.
func (x *examiner) empty(name string, size int64, newest bool) {
	if newest && (size <= tornHead || x.onlyZero(name)) {
		x.report(Fault{Path: name, Harmless: x.beside, Problem: fmt.Sprintf("no record in %d bytes: a crash interrupted its making, or it is damaged", size),
			Advice: "the next start removes it"})
		return
	}
	x.report(Fault{Path: name, Problem: fmt.Sprintf("no record in %d bytes can be read", size),
		Advice: "the next start moves it to journal/damaged and goes on without it"})
}

// judge reports what is wrong with a file that has records.
func (x *examiner) judge(name string, sc *scan, newest bool, lost int64, broken error) {
	if broken != nil {
		x.report(Fault{Path: name, Problem: "a record with a right checksum cannot be decoded: " + broken.Error(),
			Advice: "a newer version of Rastro may have written it; start that version"})
	}
	if sc.skipped > 0 {
		x.report(Fault{Path: name, Events: lost, Problem: fmt.Sprintf("%d bad bytes between good records", sc.skipped),
			Advice: "the next start keeps a copy in journal/damaged and goes on with all that can be read; import the lines again from the logs"})
	} else if lost > 0 {
		x.report(Fault{Path: name, Events: lost, Problem: "the records before this file's are missing",
			Advice: "the next start goes on with all that can be read; import the lines again from the logs"})
	}
	if sc.tail > 0 && newest && x.beside {
		x.report(Fault{Path: name, Harmless: true, Problem: fmt.Sprintf("%d bytes at the end are no record yet", sc.tail), Advice: "the server is writing them"})
	} else if sc.tail > 0 && newest {
		x.report(Fault{Path: name, Problem: fmt.Sprintf("%d bytes at the end are no record: the unfinished write of a crash, or damage", sc.tail),
			Advice: "the next start leaves them out; what was acknowledged before a crash does not stand there"})
	}
}

// ends compares both ends of the journal with the store.
func (x *examiner) ends(files int) {
	switch {
	case files == 0 && x.atLeast > 1:
		x.report(Fault{Problem: "there is no journal file: how far the sources were read is not known",
			Advice: "the next start begins a new one and reads the sources from their beginning, so that lines come twice; stop and restore the folder if you can"})
	case x.out.Next == 0: // no good record; told already
	case x.out.First > x.atLeast:
		x.report(Fault{Events: int64(x.out.First - x.atLeast),
			Problem: fmt.Sprintf("events %d to %d are neither in segment files nor in the journal", x.atLeast, x.out.First-1),
			Advice:  "the next start goes on behind them; import the lines again from the logs"})
	case x.out.Next < x.atLeast:
		x.report(Fault{Problem: fmt.Sprintf("it ends before event %d, but the store holds all up to %d", x.out.Next, x.atLeast-1),
			Advice: "the newest file is missing: the next start goes on behind the store's events and may read lines of the sources twice"})
	}
	if x.out.Next > x.atLeast {
		x.out.Events = int64(x.out.Next - max(x.atLeast, x.out.First))
	}
}

// onlyZero tells whether a file holds nothing but zero bytes.
func (x *examiner) onlyZero(name string) bool {
	f, err := x.fs.OpenFile(filepath.Join(x.dir, name), os.O_RDONLY, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	zero, err := onlyZero(f)
	return err == nil && zero
}
