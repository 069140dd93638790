/// OCI images: store, layers, registry, distribution.
package dev.longshore.images;
