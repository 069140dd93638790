/// What a scheduling rule sees and says.
package dev.longshore.scheduler.framework;
