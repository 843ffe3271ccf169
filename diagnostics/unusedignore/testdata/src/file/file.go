// Package file has one comment that counts for the file and one that does not.

//ctxls:ignore lostcancel,deafsleep everything ends with the process // want `a part of this comment has no effect: deafsleep finds nothing`

//nolint:ctxls
package file

import "context"

func lost(ctx context.Context) {
	_, cancel := context.WithCancel(ctx)
	_ = cancel
}
