package query

// Compacted says what one compaction did.
type Compacted struct {
	// Merged files were put together into Written new ones, with so many events.
	Merged  int   `json:"merged"`
	Written int   `json:"written"`
	Events  int64 `json:"events"`
	// FilesBefore and FilesAfter are those of the whole store, BytesBefore and
	// BytesAfter their sizes.
	FilesBefore int   `json:"files_before"`
	FilesAfter  int   `json:"files_after"`
	BytesBefore int64 `json:"bytes_before"`
	BytesAfter  int64 `json:"bytes_after"`
}

// CompactionStats counts what compaction did since the store was opened.
type CompactionStats struct {
	// Merged files were put together into Files new ones, with so many events.
	Files, Merged, Events int64
	// BytesRead are the sizes of the old files, BytesWritten of the new ones.
	BytesRead, BytesWritten int64
	// Error is the text of the last failure, "" after a success.
	Error string
}
