/// What a build says of its result besides the image: the packages in it, and how it came about.
package dev.longshore.builder.attest;
