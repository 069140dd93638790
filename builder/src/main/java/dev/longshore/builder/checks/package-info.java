/// What is not wrong in a Dockerfile, but not well either: the build checks. One file for each, listed in [Checks].
package dev.longshore.builder.checks;
