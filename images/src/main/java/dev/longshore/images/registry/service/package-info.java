/// A whole registry out of its parts, as a configuration says.
package dev.longshore.images.registry.service;
