/// Who may do what in a registry: passwords, tokens, rules by user and repository.
package dev.longshore.images.registry.access;
