package main

import (
	"os"
	"path/filepath"
)

// cacheDir returns the folder of the cache, "" for none.
func cacheDir() string {
	dir := os.Getenv("CTXLS_CACHE")
	if dir == "off" {
		return ""
	}
	if dir == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		return filepath.Join(user, "ctxls")
	}
	if abs, err := filepath.Abs(dir); err == nil {
		return abs
	}
	return dir
}
