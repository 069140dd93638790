/// A registry's configuration file.
package dev.longshore.images.registry.config;
