;;; Drives ctxls in front of gopls through Eglot, without a terminal.  -*- lexical-binding: t -*-
;; Run by ./run-eglot, which sets CTXLS, GOPLS and FILE (the sample's main.go).
(let ((default-directory "/usr/share/emacs/site-lisp/elpa/")) ; Debian's packages
  (when (file-directory-p default-directory) (normal-top-level-add-subdirs-to-load-path)))
(require 'eglot)
(require 'flymake)
(require 'seq)

(defvar passed 0)
(defun check (name ok &optional more)
  (message "%s %s" (if ok "ok" "FAIL") name)
  (unless ok
    (message "%s\n%d passed, 1 failed" (or more "") passed)
    (kill-emacs 1))
  (setq passed (1+ passed)))
(defun wait-for (fn)
  (let ((end (+ (float-time) 60)) found)
    (while (and (not (setq found (funcall fn))) (< (float-time) end))
      (accept-process-output nil 0.05))
    found))

(setq eglot-sync-connect 60 eglot-autoshutdown nil eglot-confirm-server-initiated-edits nil make-backup-files nil
      enable-local-variables nil create-lockfiles nil)
(unless (fboundp 'go-mode) (define-derived-mode go-mode prog-mode "Go")) ; Emacs 28 has none built in
(add-to-list 'auto-mode-alist '("\\.go\\'" . go-mode))
(add-hook 'project-find-functions
          (lambda (dir) (let ((root (locate-dominating-file dir "go.mod"))) (and root (cons 'gomod root)))))
(cl-defmethod project-root ((project (head gomod))) (cdr project))

;; As docs/gopls.md says it, with the programs of the test.
(add-to-list 'eglot-server-programs (list '(go-mode go-ts-mode) (getenv "CTXLS") "serve" "--gopls" (getenv "GOPLS")))

;; Nobody is idle here, which is when Eglot tells of changes.
(defun found (text)
  (eglot--signal-textDocument/didChange)
  (flymake-start)
  (seq-filter (lambda (d) (string-match-p (regexp-quote text) (flymake-diagnostic-text d))) (flymake-diagnostics)))
(defun all ()
  (mapconcat (lambda (d) (format "%d: %s" (line-number-at-pos (flymake-diagnostic-beg d)) (flymake-diagnostic-text d))) (flymake-diagnostics) "\n"))
(defun on-disk (file) (with-temp-buffer (insert-file-contents file) (buffer-string)))
(defun has (text) (string-match-p (regexp-quote text) (buffer-string)))
(defun place (text)
  (save-excursion (goto-char (point-min)) (search-forward text) (match-beginning 0)))

;; The menu asks with completing-read.
(defvar menu nil)
(defvar wanted nil)
(advice-add 'completing-read :override
            (lambda (_prompt choices &rest _)
              (setq menu (all-completions "" choices))
              (or (seq-find (lambda (c) (string-match-p (regexp-quote wanted) c)) menu) (car menu))))
(defun take (finding title)
  (goto-char (flymake-diagnostic-beg (car (found finding))))
  (setq wanted title menu nil)
  (let ((last-nonmenu-event ?\r)) ; else it would open a mouse menu
    (call-interactively #'eglot-code-actions)))

(message "Emacs %s" emacs-version)
(find-file (getenv "FILE"))
(buffer-enable-undo)
(apply #'eglot (eglot--guess-contact))
(check "connected" (eglot-current-server))

(dolist (f '(("isn't called on the path" "cancel := context") ("doesn't leave the loop" "ctx.Done():\n\t\t\tfmt.Println(\"stopping\")") ("this sleep goes on" "time.Sleep")))
  (check (concat "found: " (car f)) (wait-for (lambda () (found (car f)))) (all))
  (check (concat "it stands where it should: " (car f)) (= (flymake-diagnostic-beg (car (found (car f)))) (place (cadr f))) (all)))
(check "gopls's own lost cancel is not shown beside ours" (not (found "is not used on all paths")) (all))
(check "gopls answers what is its own" (let ((symbols (jsonrpc-request (eglot--current-server-or-lose) :textDocument/documentSymbol (list :textDocument (eglot--TextDocumentIdentifier)))))
                                          (> (length symbols) 3)))

(let ((before (buffer-string)))
  (undo-boundary)
  (take "isn't called on the path" "Insert defer cancel()")
  (check "defer cancel() is in the buffer" (wait-for (lambda () (has "time.Second)\n\tdefer cancel()\n"))) (format "%S" menu))
  (check "the disk is untouched" (equal (on-disk (getenv "FILE")) before))
  (check "the finding goes before a save" (wait-for (lambda () (not (found "isn't called on the path")))) (all))
  (undo-boundary)
  (setq last-command nil)
  (undo)
  (check "undo takes it back" (equal (buffer-string) before) (buffer-string))
  (check "the finding comes back" (wait-for (lambda () (found "isn't called on the path"))) (all)))

;; A second file, whose finding stands behind characters of two UTF-16 units.
(find-file (concat (file-name-directory (getenv "FILE")) "worker.go"))
(check "a finding stands behind two rockets" (wait-for (lambda () (let ((d (car (found "isn't called on the path")))) (and d (= (flymake-diagnostic-beg d) (place "cancel := context"))))))  (all))
(take "goroutine can wait for ever" "Add select on ctx.Done()")
(check "the select is in the buffer" (wait-for (lambda () (has "case n, ok = <-numbers:"))) (format "%S" menu))
(check "and known" (wait-for (lambda () (not (found "goroutine can wait for ever")))) (all))

;; As docs/gopls.md says it.
(add-hook 'before-save-hook
          (lambda () (when (eglot-managed-p)
                       (ignore-errors (eglot-code-actions (point-min) (point-max) "source.fixAll.ctxls" t))))) 
(save-buffer)
(check "the rest is fixed with the save" (string-match-p "🚀🚀 \\*/ ctx, cancel := context.WithTimeout(ctx, time.Second)\n\tdefer cancel()\n" (on-disk (buffer-file-name))) (on-disk (buffer-file-name)))
(check "no finding is left" (wait-for (lambda () (not (found "WithTimeout")))) (all))

(eglot-shutdown (eglot-current-server))
(message "%d passed, 0 failed" passed)
