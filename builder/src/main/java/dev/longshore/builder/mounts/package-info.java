/// `RUN --mount`: what a command sees besides its image, a file for each kind.
package dev.longshore.builder.mounts;
