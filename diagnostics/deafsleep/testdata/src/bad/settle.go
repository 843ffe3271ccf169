package bad

import (
	"context"
	"net/http"
	"time"
)

func loadAll(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://example.com", nil)
	if err != nil {
		return err
	}
	_, err = http.DefaultClient.Do(req)
	return err
}

// Nothing was done before it.
func pause(ctx context.Context) error {
	time.Sleep(time.Minute) // want `goes on when ctx is done`
	return nil
}

// The error is held up.
func holdUp(ctx context.Context) error {
	if err := loadAll(ctx); err != nil {
		time.Sleep(time.Minute) // want `goes on when ctx is done`
		return err
	}
	return nil
}

// More is to come.
func twice(ctx context.Context) error {
	if err := loadAll(ctx); err != nil {
		return err
	}
	time.Sleep(time.Minute) // want `goes on when ctx is done`
	return loadAll(ctx)
}
