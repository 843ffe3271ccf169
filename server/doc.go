// Package server is the language server: it speaks LSP to an editor and shows
// there what the rules of package diagnostics find. It decides nothing about
// Go code, and no other package knows LSP.
//
// What must hold, whatever is changed here:
//
//  1. The guard is the outermost handler, outside even the one for
//     $/cancelRequest: an error returned for a notification, or a panic, would
//     close the connection.
//  2. Text synchronisation runs inline, in the order of the wire. A request
//     takes its snapshot of the documents first and only then lets the next
//     message in, so that it answers for the text it was asked about.
//  3. An inline handler never calls the client, it only notifies: the answer
//     would have to be read by the loop that waits for the handler.
//  4. Background work runs on the session's root context, never on that of a
//     request. The library uses that again for the next request, so that not
//     even handlers get it as it is: see requestContext.
//  5. The end of the input ends the root context, after two seconds at most in
//     which requests that came before are answered; the connection alone would
//     wait for its handlers without end.
//  6. exit only ends the root context; whoever called [Serve] closes the
//     connection. Closing it inside a handler would wait for that handler.
//  7. A list on the wire is never null. Published diagnostics carry the version
//     of an open document; an empty list clears those of a file that no longer
//     has any; an unchanged list is not sent again, but each new version of an
//     open document is answered once.
//  8. Results are published, and fixes offered, only for the very text that
//     they were computed on: the snapshot's text of the file is compared with
//     the document.
//  9. Only frames go to the output; logs go to the logger.
//  10. Every goroutine recovers from its own panics and has an owner that waits
//     for it.
//  11. All conversions of positions are in convert.go.
//  12. A client that announced to pull diagnostics is never told of them. What
//     it asks about a document is answered for the very text it has, or fails
//     as soon as there is another one.
//  13. Requests and properties that the client did not announce are not sent.
package server
