/// A registry's content in a bucket (S3 and what speaks like it).
package dev.longshore.images.registry.bucket;
