package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"

	"rastro/internal/collect"
)

// profile imports the log and asks the questions inside this process, and
// writes profiles of both.
func profile(ctx context.Context, o options) error {
	if err := os.MkdirAll(o.profile, 0o755); err != nil {
		return err
	}
	log, err := openLog(ctx, o.dir, o.lines)
	if err != nil {
		return err
	}
	data := filepath.Join(o.dir, "data-profile")
	if err := os.RemoveAll(data); err != nil {
		return err
	}
	runtime.MemProfileRate = 64 << 10
	err = withProfiles(o.profile, "import", func() error { return importInside(ctx, log, data) })
	if err != nil {
		return err
	}
	p, err := planOf(log)
	if err != nil {
		return err
	}
	err = withProfiles(o.profile, "questions", func() error {
		_, err := measureQuestions(ctx, data, probesOf(p.asked), o.runs)
		return err
	})
	if err == nil {
		err = withProfiles(o.profile, "traces", func() error {
			_, err := measureQuestions(ctx, data, probesOf(p.traced), o.runs)
			return err
		})
	}
	if !o.keep {
		err = errors.Join(err, os.RemoveAll(data))
	}
	return err
}

// importInside imports a log without a process around it.
func importInside(ctx context.Context, log *logFile, data string) error {
	folder, err := openFolder(ctx, data)
	if err != nil {
		return err
	}
	f, err := os.Open(log.path)
	if err != nil {
		return errors.Join(err, folder.Close(ctx))
	}
	defer f.Close()
	_, err = folder.Import(ctx, log.path, f, collect.ImportOptions{})
	return errors.Join(err, folder.Close(ctx))
}

// withProfiles runs do and writes NAME.cpu and NAME.heap.
func withProfiles(dir, name string, do func() error) (err error) {
	cpu, err := os.Create(filepath.Join(dir, name+".cpu"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, cpu.Close()) }()
	if err := pprof.StartCPUProfile(cpu); err != nil {
		return err
	}
	err = do()
	pprof.StopCPUProfile()
	if err != nil {
		return err
	}
	heap, err := os.Create(filepath.Join(dir, name+".heap"))
	if err != nil {
		return err
	}
	return errors.Join(pprof.Lookup("allocs").WriteTo(heap, 0), heap.Close())
}
