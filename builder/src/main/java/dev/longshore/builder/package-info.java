/// Dockerfile to image.
package dev.longshore.builder;
