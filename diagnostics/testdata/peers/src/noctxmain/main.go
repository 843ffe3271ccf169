// Command noctxmain has no context.
package main

import "os/exec"

// peers FP-13: nor has main.
func main() {
	if err := exec.Command("ls").Run(); err != nil {
		println(err)
	}
}
