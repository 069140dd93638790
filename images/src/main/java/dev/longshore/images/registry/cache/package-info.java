/// A registry in front of others: what they have is fetched when it is asked for, and stays.
package dev.longshore.images.registry.cache;
