/// Pod Security admission: namespaces say by their labels what pods may be in them.
package dev.longshore.kinds.podsecurity;
