/// Tar archives, both ways: POSIX pax and GNU, with binary extended attributes. Knows nothing of images.
package dev.longshore.images.tar;
