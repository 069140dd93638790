/// What COPY and ADD do: which files of a tree are taken, and how they land in a layer.
package dev.longshore.builder.transfer;
