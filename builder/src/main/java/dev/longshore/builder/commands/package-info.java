/// What a Dockerfile's lines mean, typed and checked, before anything is expanded or done.
package dev.longshore.builder.commands;
