/// Backups of a control plane as one file: written while it works, and made into a control plane again.
package dev.longshore.server.backup;
