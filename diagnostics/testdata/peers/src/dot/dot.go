// Package dot has the case of a dot import.
package dot

import . "context"

// peers FN-4: a dot import.
func FN4(p Context) error {
	c, _ := WithCancel(p) // want lostcancel
	return c.Err()
}
