package journal

// Rotate begins a new file, unless the newest has no event: once the store holds
// all events so far, Trim removes every file that has one of them, whatever is
// committed meanwhile.
func (j *Journal) Rotate() error {
	j.writing.Lock()
	defer j.writing.Unlock()
	j.mu.Lock()
	closed := j.closed
	n := len(j.files)
	empty := n > 0 && j.files[n-1].end == j.files[n-1].first
	j.mu.Unlock()
	if closed {
		return ErrClosed
	}
	if empty && j.current != nil {
		return nil
	}
	if j.current != nil {
		j.abandon()
	}
	return j.begin()
}
