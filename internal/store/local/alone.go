package local

import "context"

// takeAlone waits until nobody else holds a turn, such as that of who erases or
// compacts. The context it returns ends with the engine too; done must be
// called, and Close waits for it.
func (e *Engine) takeAlone(ctx context.Context, turn chan struct{}) (_ context.Context, done func(), err error) {
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, nil, ctx.Err()
	case <-e.life.Done():
		return nil, nil, ErrClosed
	}
	v, err := e.hold() // so that Close waits for us
	if err != nil {
		<-turn
		return nil, nil, err
	}
	v.catalog.release()
	ctx, cancel := context.WithCancelCause(ctx)
	stop := context.AfterFunc(e.life, func() { cancel(ErrClosed) })
	return ctx, func() {
		stop()
		cancel(nil)
		<-turn
		e.work.Done()
	}, nil
}
