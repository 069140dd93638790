/// The kinds of `batch`, one file each.
package dev.longshore.kinds.batch;
