/// What a Dockerfile says, before anything is done about it.
package dev.longshore.builder.dockerfile;
