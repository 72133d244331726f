// In the place of what a package only hands on, and nothing here asks for.
"use strict";
