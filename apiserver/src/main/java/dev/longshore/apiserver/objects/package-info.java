/// Objects in the store, and what happens to them: keys, canonical bytes, one watch for many watchers.
package dev.longshore.apiserver.objects;
