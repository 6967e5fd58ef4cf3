/*
 * Changing what an include has brought, by elements beside it
 *
 *   <xi:include href='chip.xml'/>
 *   <stub name='rcc' change='edit'><register offset='0' value='1'/></stub>
 *   <device name='usart3' change='drop'/>
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HET_AMEND_H
#define HET_AMEND_H

#include "soc/xml.h"

/* Changes in a document and in what it includes */
#define HET_AMEND_MAX 1024

/* Can an element of this name have a 'change'? */
gboolean het_amend_knows(const char *element);

/*
 * Applies the changes below @root whose elements are there. Others stay, for
 * the file that includes this one. @count: of all changes so far.
 */
gboolean het_amend_apply(xmlNode *root, guint *count, GError **error);

/* Is there no change left whose element is missing? */
gboolean het_amend_check_done(const xmlNode *root, GError **error);

#endif
