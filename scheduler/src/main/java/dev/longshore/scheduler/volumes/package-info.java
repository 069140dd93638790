/// Which volumes pods ask for, where these are, and how they are bound before pods come.
package dev.longshore.scheduler.volumes;
