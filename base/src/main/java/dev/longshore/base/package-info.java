/// Clock, ids, life cycle, JSON and YAML.
package dev.longshore.base;
