/// Dockerfiles as data: a document per feature in the files `*.yaml` of this package's resources, with its context, its
/// options and what comes of it. To add one: write a document; nothing else.
package dev.longshore.builder.cases;
