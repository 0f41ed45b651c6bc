package search

import (
	"context"
	"errors"
	"fmt"
)

// ErrBusy: too many questions are being answered and none ended in time. The
// way out is to ask again in a moment. Errors that wrap it are *BusyError.
var ErrBusy = errors.New("too many questions at once; ask again in a moment")

// BusyError says how much there was to do. errors.Is(err, ErrBusy) holds.
type BusyError struct {
	// Answering are the questions that were being answered, at most Places;
	// Waiting those that waited, at most Queue. Done is how many were answered
	// since the start.
	Answering, Places int
	Waiting, Queue    int
	Done              uint64
	// Full tells that there was no room to wait; else no turn came in time.
	Full bool
}

func (e *BusyError) Error() string {
	if e.Full {
		return fmt.Sprintf("%v (%d are being answered and %d wait, as many as may)", ErrBusy, e.Answering, e.Waiting)
	}
	return fmt.Sprintf("%v, or for a shorter time (no turn came: %d are being answered and %d wait)", ErrBusy, e.Answering, e.Waiting)
}

// Is makes errors.Is(err, ErrBusy) hold.
func (e *BusyError) Is(target error) bool { return target == ErrBusy }

type callerKey struct{}

// By says who asks the questions of a context. Questions that wait are let in
// caller by caller. Without By a caller is nobody, like all others without.
func By(ctx context.Context, caller string) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

func callerOf(ctx context.Context) string {
	caller, _ := ctx.Value(callerKey{}).(string)
	return caller
}
